import { readFileSync } from 'node:fs'
import { fileURLToPath } from 'node:url'
import { svelte } from '@sveltejs/vite-plugin-svelte'
import { defineConfig } from 'vitest/config'

const here = (path: string) => fileURLToPath(new URL(path, import.meta.url))
const server = process.env.STORYREEL_SERVER ?? 'http://127.0.0.1:8000'

/** The font is no module, so its licence is not among those that the build collects. */
const fontLicence = {
  name: 'font-licence',
  generateBundle(this: { emitFile: (file: { type: 'asset'; fileName: string; source: string }) => void }) {
    const source = readFileSync(here('node_modules/@fontsource-variable/inter/LICENSE'), 'utf8')
    this.emitFile({ type: 'asset', fileName: 'licence-inter.txt', source })
  },
}

export default defineConfig({
  plugins: [svelte(), fontLicence],
  resolve: {
    alias: { $lib: here('src/lib'), $words: here('src/words') },
    conditions: process.env.VITEST ? ['browser'] : undefined,
  },
  build: {
    target: 'es2022',
    // No inlined data: URLs and no inline preload script: the policy of the page allows neither.
    assetsInlineLimit: 0,
    modulePreload: { polyfill: false },
    chunkSizeWarningLimit: 700, // what plays films while they are made, loaded only then
    rolldownOptions: { checks: { pluginTimings: false } },
    license: { fileName: 'licenses.md' },
    // The player of films that are still being made: loaded only for those.
    chunkSizeWarningLimit: 640,
  },
  server: { proxy: { '/api': server, '/docs': server } },
  test: { include: ['src/**/*.test.ts'] },
})
