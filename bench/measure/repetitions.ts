/** Less of what takes longer: as many repetitions as asked for of the smallest size, fewer of larger ones. */
export function repetitionsOf(sizeBytes: number, sizes: readonly number[], most: number, least: number): number {
  return Math.max(Math.min(most, least), Math.round((most * Math.min(...sizes)) / sizeBytes));
}
