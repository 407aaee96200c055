/** The long jobs over files that may run in a thread of their own. Arguments and results are plain data. */
import { compareTars } from "./compare-tars.ts";
import { digestSelection } from "./content-digest.ts";
import { copyFiles, makeDirectory, packCopies } from "./copy.ts";
import { compareListings } from "./listing.ts";
import { packLayer } from "./pack.ts";
import { squashLayers } from "./squash.ts";
import { unpackArchive, unpackLayer } from "./unpack.ts";

export interface Jobs {
  readonly unpackLayer: typeof unpackLayer;
  readonly unpackArchive: typeof unpackArchive;
  readonly packLayer: typeof packLayer;
  readonly copyFiles: typeof copyFiles;
  readonly packCopies: typeof packCopies;
  readonly makeDirectory: typeof makeDirectory;
  readonly digestSelection: typeof digestSelection;
  readonly compareListings: typeof compareListings;
  readonly compareTars: typeof compareTars;
  readonly squashLayers: typeof squashLayers;
}

export const JOBS: Jobs = {
  unpackLayer,
  unpackArchive,
  packLayer,
  copyFiles,
  packCopies,
  makeDirectory,
  digestSelection,
  compareListings,
  compareTars,
  squashLayers,
};

export type JobName = keyof Jobs;
