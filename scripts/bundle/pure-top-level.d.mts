import type { Plugin } from 'esbuild'

export const pureTopLevel: Plugin
export function withPureDeclarations(text: string, file?: string): string
