// Builds config/static/bundle/ from our own sources and the locked npm packages: one stylesheet and a few small modules.
import { context, build } from "esbuild";
import { compile } from "sass";
import { readdir, rm } from "node:fs/promises";
import { basename } from "node:path";
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
    "draw-hall": `${here}js/draw-hall.js`,
    "opening-hall": `${here}js/opening-hall.js`,
    "draw-check": `${here}js/draw-check.js`,
    "bid-page": `${here}js/bid-page.js`,
    "custody-page": `${here}js/custody-page.js`,
    "share-page": `${here}js/share-page.js`,
    "room-page": `${here}js/room-page.js`,
    "receipt-page": `${here}js/receipt-page.js`,
    "seal-worker": `${here}js/sealing/worker.js`,
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

if (process.argv.includes("--watch")) {
  await (await context(options)).watch();
} else {
  const { metafile } = await build({ ...options, metafile: true });
  const made = new Set(Object.keys(metafile.outputs).map((path) => basename(path)));
  const left = (await readdir(options.outdir)).filter((name) => !name.startsWith(".") && !made.has(name));
  await Promise.all(left.map((name) => rm(`${options.outdir}/${name}`)));
}
