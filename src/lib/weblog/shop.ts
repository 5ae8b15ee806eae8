/**
 * What the visitors of the made-up shop ask for, and what they ask with. Weights say how often, relative to each other.
 */

type Weighted<T> = readonly (readonly [weight: number, item: T])[]

export const departments: Readonly<Record<string, readonly string[]>> = {
  fitness: ['cardio equipment', 'strength training', 'yoga', 'trackers'],
  footwear: ['running shoes', 'hiking boots', 'sandals', 'kids shoes'],
  apparel: ['jackets', 'shirts', 'socks', 'caps'],
  golf: ['clubs', 'balls', 'bags', 'gloves'],
  outdoors: ['tents', 'camping stoves', 'fishing', 'bikes'],
  'team sports': ['soccer', 'basketball', 'baseball', 'volleyball'],
  'fan shop': ['scarves', 'flags', 'jerseys'],
}

export type Page =
  | 'home'
  | 'departments'
  | 'categories'
  | 'category'
  | 'departmentProducts'
  | 'departmentProduct'
  | 'products'
  | 'product'
  | 'cart'
  | 'addToCart'
  | 'checkout'
  | 'login'
  | 'logout'
  | 'search'
  | 'support'

export const pages: Weighted<Page> = [
  [6, 'home'],
  [8, 'departments'],
  [8, 'categories'],
  [12, 'category'],
  [9, 'departmentProducts'],
  [14, 'departmentProduct'],
  [4, 'products'],
  [16, 'product'],
  [4, 'cart'],
  [7, 'addToCart'],
  [3, 'checkout'],
  [4, 'login'],
  [1, 'logout'],
  [5, 'search'],
  [2, 'support'],
]

export const searches = [
  'running+shoes',
  'tent+4+persons',
  'golf+balls',
  'yoga+mat',
  'bike+helmet',
  'wool+socks',
  'soccer+ball',
  'rain+jacket',
]

/** Answers to a page that is read, and to one that changes something. */
export const readStatuses: Weighted<number> = [
  [900, 200],
  [40, 304],
  [20, 301],
  [26, 404],
  [8, 500],
  [6, 503],
]
export const writeStatuses: Weighted<number> = [
  [820, 302],
  [120, 200],
  [30, 400],
  [20, 401],
  [10, 500],
]

export const site = 'https://shop.example'

/** Where visitors come from, beside the shop itself and nowhere at all. */
export const outsideReferrers = [
  'https://www.google.com/',
  'https://duckduckgo.com/',
  'https://www.bing.com/',
  'https://news.example.org/deals',
]

export const userAgents: Weighted<string> = [
  [
    20,
    'Mozilla/5.0 (Windows NT 10.0; Win64; x64) AppleWebKit/537.36 (KHTML, like Gecko) Chrome/131.0.0.0 Safari/537.36',
  ],
  [
    12,
    'Mozilla/5.0 (Macintosh; Intel Mac OS X 10_15_7) AppleWebKit/537.36 (KHTML, like Gecko) Chrome/131.0.0.0 Safari/537.36',
  ],
  [17, 'Mozilla/5.0 (Windows NT 10.0; Win64; x64; rv:133.0) Gecko/20100101 Firefox/133.0'],
  [13, 'Mozilla/5.0 (X11; Linux x86_64; rv:133.0) Gecko/20100101 Firefox/133.0'],
  [9, 'Mozilla/5.0 (Macintosh; Intel Mac OS X 10.15; rv:133.0) Gecko/20100101 Firefox/133.0'],
  [
    10,
    'Mozilla/5.0 (Macintosh; Intel Mac OS X 10_15_7) AppleWebKit/605.1.15 (KHTML, like Gecko) Version/18.1 Safari/605.1.15',
  ],
  [
    9,
    'Mozilla/5.0 (iPhone; CPU iPhone OS 18_1 like Mac OS X) AppleWebKit/605.1.15 (KHTML, like Gecko) Version/18.1 Mobile/15E148 Safari/604.1',
  ],
  [
    12,
    'Mozilla/5.0 (Linux; Android 10; K) AppleWebKit/537.36 (KHTML, like Gecko) Chrome/131.0.0.0 Mobile Safari/537.36',
  ],
  [2, 'Mozilla/5.0 (compatible; Googlebot/2.1; +http://www.google.com/bot.html)'],
]
