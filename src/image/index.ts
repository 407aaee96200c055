export { loadArchive } from "./archive.ts";
export { assembleImage, type HistoryLine, type Parts } from "./assemble.ts";
export { type LayerBlob, layerBlob, layerFromFolder } from "./layer.ts";
export { type SavedImage, saveImages } from "./save.ts";
