import { createContext } from 'preact'
import { useContext } from 'preact/hooks'
import type { SessionInfo } from '../lib/web/wire.ts'

export const Session = createContext<SessionInfo | null>(null)

export const useSession = (): SessionInfo => useContext(Session)!
