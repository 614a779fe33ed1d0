/** Figures as a person reads them. */
import type { FigureKind } from './trials/trial.js';

function digits(value: number): string {
  if (value >= 100) return value.toFixed(0);
  return value >= 10 ? value.toFixed(1) : value.toFixed(2);
}

function scaled(value: number, step: number, units: readonly string[]): string {
  const size = Math.abs(value);
  // 999.7 would be written as 1000.
  const whole = size >= 100 ? Math.round(size) : size;
  const power = whole < step ? 0 : Math.min(units.length - 1, Math.floor(Math.log(whole) / Math.log(step)));
  return `${digits(value / step ** power)} ${units[power]}`;
}

/** A number with the unit that fits its size: `2.10 µs`. */
export function formatFigure(value: number, unit: FigureKind['unit']): string {
  if (unit === 'ns') return scaled(value, 1000, ['ns', 'µs', 'ms', 's']);
  if (unit === 'bytes') return scaled(value, 1024, ['B', 'KiB', 'MiB']);
  return formatCount(Math.round(value));
}

/** A ratio, or why there is none. */
export function formatRatio(ratio: number | null | undefined): string {
  if (ratio === null) return 'conditions differ';
  return ratio === undefined ? '' : `×${digits(ratio)}`;
}

/** A whole number with its thousands apart: `8,000`. */
export function formatCount(value: number): string {
  return value.toLocaleString('en-US');
}
