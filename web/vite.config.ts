import { defineConfig } from 'vite';

/** Where `npm run dev` finds the gateway. */
const gateway = 'http://127.0.0.1:8000';

export default defineConfig({
  build: {
    outDir: '../app/web_dist',
    emptyOutDir: true,
    target: 'es2022',
    // The pages forbid inline script, and every browser they are for preloads modules by itself.
    modulePreload: { polyfill: false },
    license: { fileName: 'third-party-notices.md' },
    // Monaco is one piece of some 2 MB; cutting it up would not make it arrive sooner.
    chunkSizeWarningLimit: 3000,
    rolldownOptions: {
      input: 'explorer.html',
      onLog(level, log, handle) {
        // "use client" in React libraries speaks to server components; there are none here.
        if (log.code !== 'MODULE_LEVEL_DIRECTIVE') handle(level, log);
      },
    },
  },
  worker: { format: 'es' },
  server: { proxy: { '/graphql': gateway, '/development': gateway } },
});
