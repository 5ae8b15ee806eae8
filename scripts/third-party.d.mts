interface Metafile {
  readonly outputs: Record<string, { readonly inputs: Record<string, { readonly bytesInOutput: number }> }>
}
export function thirdPartyNotices(root: string, metafiles: readonly Metafile[]): Promise<string>
export function bundledPackages(root: string, metafiles: readonly Metafile[]): string[]
