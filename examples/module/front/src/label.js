/** Writes a mean as a person reads it. */
export function label(mean) {
  if (Number.isNaN(mean)) {
    return "no mark yet";
  }
  return `${mean.toFixed(1)} / 20`;
}
