import type { JSX } from 'preact'
import { useEffect, useState } from 'preact/hooks'
import { go, pathTo } from './router.ts'
import { Dialog } from './ui/pieces.tsx'

interface Key {
  readonly key: string
  readonly about: string
  readonly press: () => void
}

const click = (selector: string): void => document.querySelector<HTMLElement>(selector)?.click()
const focus = (selector: string): void => document.querySelector<HTMLElement>(selector)?.focus()

const KEYS: readonly Key[] = [
  { key: '1', about: 'Cluster', press: () => go(pathTo([])) },
  { key: '2', about: 'Topics', press: () => go(pathTo(['topics'])) },
  { key: '3', about: 'Groups', press: () => go(pathTo(['groups'])) },
  { key: '4', about: 'Schemas, where there is a registry', press: () => click('a[href*="/schemas"]') },
  { key: '/', about: 'Filter', press: () => focus('[data-filter]') },
  { key: 'n', about: 'New topic, or new record', press: () => click('[data-new]') },
  { key: 'l', about: 'Live', press: () => click('[data-live]') },
  { key: 'c', about: 'Copy as command', press: () => click('[data-copy]') },
  { key: 'j', about: 'Next record', press: () => click('[data-next]') },
  { key: 'k', about: 'Previous record', press: () => click('[data-previous]') },
]

const isTyping = (target: EventTarget | null): boolean =>
  target instanceof Element && target.closest('input, textarea, select, dialog') !== null

/** Keys of the page, and whether their list is shown. */
export function useKeys(): { readonly isHelpOpen: boolean; readonly closeHelp: () => void } {
  const [isHelpOpen, setHelpOpen] = useState(false)
  useEffect(() => {
    const press = (event: KeyboardEvent): void => {
      if (event.ctrlKey || event.metaKey || event.altKey || isTyping(event.target)) return
      if (event.key === '?') return setHelpOpen(true)
      const known = KEYS.find(({ key }) => key === event.key)
      if (!known) return
      event.preventDefault()
      known.press()
    }
    addEventListener('keydown', press)
    return () => removeEventListener('keydown', press)
  }, [])
  return { isHelpOpen, closeHelp: () => setHelpOpen(false) }
}

export function Keys({ onClose }: { readonly onClose: () => void }): JSX.Element {
  return (
    <Dialog title="Keys" onClose={onClose}>
      <table>
        <tbody>
          {KEYS.map(({ key, about }) => (
            <tr key={key}>
              <td>
                <code>{key}</code>
              </td>
              <td>{about}</td>
            </tr>
          ))}
        </tbody>
      </table>
    </Dialog>
  )
}
