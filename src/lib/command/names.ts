/** `producer.config` and `bootstrap-server` as the keys of `Values` in define.ts. */
export function camelCase(name: string): string {
  return name.replace(/[-.](.)/g, (_, letter: string) => letter.toUpperCase())
}
