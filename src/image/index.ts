export { loadArchive } from "./archive.ts";
export { assembleImage, type HistoryLine, type Parts } from "./assemble.ts";
export { knownForm, withForm } from "./compressed.ts";
export { type Annotation, convertImage, type ImageForm } from "./convert.ts";
export { type LayerBlob, layerBlob, layerFromFolder } from "./layer.ts";
export { readLayout, saveLayout } from "./layout.ts";
export { type SavedImage, saveImages } from "./save.ts";
