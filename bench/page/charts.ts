/** The charts of a run: what the trials plan, with the figures that it found. */
import type { Results } from '../results.js';
import { labelOf } from '../subjects.js';
import { TRIALS, type TrialName, trials } from '../trials/index.js';
import type { ChartPlan, LinePlan } from '../trials/trial.js';
import type { ChartSpec, Line, Point } from './chart.js';

function lineOf(results: Results, trial: TrialName, plan: LinePlan, shows: ChartPlan['shows']): Line {
  const { along, figures } = trials[trial];
  const points = results.measurements
    .filter((one) => one.trial === trial && one.subject === plan.subject && shows(one.workload))
    .flatMap((one): Point[] => {
      const figure = one.figures[figures[0].name];
      return figure === undefined ? [] : [{ x: Number(one.workload[along]), ...figure }];
    })
    .sort((a, b) => a.x - b.x);
  return { ...plan, name: labelOf(plan.subject), points };
}

/** All charts that have lines to show. */
export function chartsOf(results: Results): ChartSpec[] {
  const specs = TRIALS.flatMap((trial) =>
    trials[trial].charts.map(({ lines, shows, ...plan }): ChartSpec => {
      const drawn = lines.map((line) => lineOf(results, trial, line, shows));
      const used = plan.legend.filter(([stroke]) =>
        drawn.some((line) => line.stroke === stroke && line.points.length > 0),
      );
      return { ...plan, legend: used, unit: trials[trial].figures[0].unit, lines: drawn };
    }),
  );
  return specs.filter(({ lines }) => lines.some(({ points }) => points.length > 1));
}
