interface Point {
  readonly x: number
  readonly y: number
}

export function riseOf(points: readonly Point[]): number
export function lowsOf(points: readonly Point[], count?: number): Point[]
