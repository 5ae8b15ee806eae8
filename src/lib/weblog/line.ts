import { createPicker, createRandom } from './random.ts'
import {
  departments,
  outsideReferrers,
  pages,
  readStatuses,
  searches,
  site,
  userAgents,
  writeStatuses,
  type Page,
} from './shop.ts'
import { createTimestamp } from './timestamp.ts'

type Random = () => number

const pickPage = createPicker(pages)
const pickUserAgent = createPicker(userAgents)
const pickReadStatus = createPicker(readStatuses)
const pickWriteStatus = createPicker(writeStatuses)
const departmentNames = Object.keys(departments)
const asPath = (words: string): string => words.replaceAll(' ', '%20')
const oneOf = <T>(random: Random, items: readonly T[]): T => items[Math.floor(random() * items.length)]!
const upTo = (random: Random, limit: number): number => 1 + Math.floor(random() * limit)

/**
 * Makes up requests to a shop. Returns a function that gives the next line of the access log, in Apache's combined
 * format without its newline, for a request at this moment (milliseconds since the epoch). A seed and the moments
 * settle every byte. A line and its newline have 207 bytes on average.
 */
export function createWeblog(seed: number): (timeMs: number) => string {
  const random = createRandom(seed)
  const timestamp = createTimestamp()
  return (timeMs) => {
    const page = pickPage(random)
    const posts = page === 'addToCart' || page === 'checkout' || page === 'login'
    const status = (posts ? pickWriteStatus : pickReadStatus)(random)
    const request = `${posts ? 'POST' : 'GET'} ${pathOf(page, random)} HTTP/1.1`
    return `${address(random)} - - [${timestamp(timeMs)}] "${request}" ${status} ${bodyBytes(status, random)} "${referrer(random)}" "${pickUserAgent(random)}"`
  }
}

function address(random: Random): string {
  // 10, 127 and what lies past 223 are nobody's on the open net.
  const first = upTo(random, 223)
  const network = first === 10 || first === 127 ? first + 1 : first
  return `${network}.${Math.floor(random() * 256)}.${Math.floor(random() * 256)}.${upTo(random, 254)}`
}

function pathOf(page: Page, random: Random): string {
  const name = oneOf(random, departmentNames)
  const department = asPath(name)
  switch (page) {
    case 'home':
      return '/'
    case 'departments':
      return '/departments'
    case 'categories':
      return `/department/${department}/categories`
    case 'category':
      return `/department/${department}/category/${asPath(oneOf(random, departments[name]!))}`
    case 'departmentProducts':
      return `/department/${department}/products`
    case 'departmentProduct':
      return `/department/${department}/products/${upTo(random, 200)}`
    case 'products':
      return `/products?page=${upTo(random, 40)}`
    case 'product':
      return `/product/${upTo(random, 1500)}`
    case 'cart':
      return '/view_cart'
    case 'addToCart':
      return `/add_to_cart/${upTo(random, 1500)}`
    case 'checkout':
      return '/checkout'
    case 'login':
      return '/login'
    case 'logout':
      return '/logout'
    case 'search':
      return `/search?q=${oneOf(random, searches)}`
    case 'support':
      return '/support'
  }
}

/** `%b` of the format: a dash for an answer without a body. */
function bodyBytes(status: number, random: Random): string {
  if (status === 304) return '-'
  return String(status === 200 ? 600 + Math.floor(random() * random() * 24_000) : 180 + Math.floor(random() * 400))
}

function referrer(random: Random): string {
  const kind = random()
  if (kind < 0.8) return '-'
  if (kind < 0.88) return oneOf(random, outsideReferrers)
  return site + pathOf(pickPage(random), random)
}
