import { readdirSync, readFileSync, statSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { gzipSync } from "node:zlib";
import { svelte } from "@sveltejs/vite-plugin-svelte";
import { defineConfig, type Plugin } from "vite";

const BUILT = "../src/transload/console/static";
const TEXT = /\.(js|css|svg|html)$/;

/** Lays a gzip copy beside every text file, so that the service compresses nothing itself. */
function gzipCopies(): Plugin {
  return {
    name: "gzip-copies",
    closeBundle() {
      for (const entry of readdirSync(BUILT, { recursive: true }) as string[]) {
        const path = join(BUILT, entry);
        if (TEXT.test(entry) && statSync(path).isFile()) {
          writeFileSync(`${path}.gz`, gzipSync(readFileSync(path), { level: 9 }));
        }
      }
    },
  };
}

export default defineConfig({
  base: "/console/",
  plugins: [svelte(), gzipCopies()],
  build: {
    outDir: BUILT,
    emptyOutDir: true,
    target: "es2022",
    assetsInlineLimit: 0,
    modulePreload: { polyfill: false },
    reportCompressedSize: false,
    manifest: "manifest.json",
    rolldownOptions: { checks: { pluginTimings: false } },
  },
});
