const months = ['Jan', 'Feb', 'Mar', 'Apr', 'May', 'Jun', 'Jul', 'Aug', 'Sep', 'Oct', 'Nov', 'Dec']
const zone = { name: '-0800', offsetMs: -8 * 3_600_000 }

/**
 * Returns a function that writes a moment as Apache does, e.g. `21/Nov/2026:10:00:00 -0800`; always in that zone, for a
 * seed's sake.
 */
export function createTimestamp(): (timeMs: number) => string {
  let second = NaN
  let written = ''
  return (timeMs) => {
    const now = Math.floor(timeMs / 1000)
    if (now !== second) [second, written] = [now, write(new Date(now * 1000 + zone.offsetMs))]
    return written
  }
}

function write(date: Date): string {
  const day = `${two(date.getUTCDate())}/${months[date.getUTCMonth()]}/${date.getUTCFullYear()}`
  return `${day}:${two(date.getUTCHours())}:${two(date.getUTCMinutes())}:${two(date.getUTCSeconds())} ${zone.name}`
}

const two = (number: number): string => String(number).padStart(2, '0')
