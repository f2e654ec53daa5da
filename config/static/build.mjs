// Builds config/static/bundle/ from our own sources and the locked npm packages: one stylesheet and a few small modules.
import { context, build } from "esbuild";
import { compile } from "sass";
import { rm } from "node:fs/promises";
import { fileURLToPath } from "node:url";

const here = fileURLToPath(new URL(".", import.meta.url));
const root = fileURLToPath(new URL("../../", import.meta.url));

const scss = {
  name: "scss",
  setup(bundler) {
    bundler.onLoad({ filter: /\.scss$/ }, ({ path }) => ({
      contents: compile(path, { loadPaths: [`${root}node_modules`], quietDeps: true }).css,
      loader: "css",
    }));
  },
};

const options = {
  entryPoints: {
    app: `${here}js/app.js`,
    hall: `${here}js/hall.js`,
    statistics: `${here}js/statistics.js`,
    style: `${here}css/app.css`,
  },
  outdir: `${here}bundle`,
  entryNames: "[name]",
  bundle: true,
  format: "esm",
  splitting: true, // modules that two entries share, such as the clock, exist once
  minify: true,
  sourcemap: false,
  legalComments: "linked",
  target: ["chrome90", "firefox90", "safari15"],
  plugins: [scss],
  logLevel: "info",
};

await rm(options.outdir, { recursive: true, force: true });
if (process.argv.includes("--watch")) {
  await (await context(options)).watch();
} else {
  await build(options);
}
