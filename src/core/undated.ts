/**
 * The time of what has none of its own, in milliseconds since the epoch: folders that COPY and WORKDIR
 * make, files of a heredoc, and images in which all is older. The clock's would make every build another one.
 */
export const UNDATED_MS: number = Date.UTC(2020, 0, 1);
