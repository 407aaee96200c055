export { type ListedImage, renderImages } from "./image-rows.ts";
export { renderInspect } from "./inspect-format.ts";
export { execute, main } from "./main.ts";
