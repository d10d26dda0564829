import { wrapText } from '../qa/index.ts';
import { type PlanStep, type ScriptPlan, taskCalls } from '../reduction/index.ts';
import { pythonCall, pythonLiteral } from './python-text.ts';

/** Directory that each kind of script works in, below the Member, and the file that tells it is there. */
const WORKPLACES = {
  calibration: undefined,
  'flux-calibration': undefined,
  imaging: '../calibrated',
} as const;

/**
 * Writes a plan as a script in the form of delivered ones: numbered steps, `mysteps` chooses among them.
 *
 * The text is read alike by Python 2 and 3 and calls only tasks and tools that CASA documents.
 */
export function writeScript(plan: ScriptPlan, programVersion: string): string {
  const lines = [
    `# ${plan.header[0]}`,
    '#',
    ...plan.header.slice(1).flatMap((line) => wrapText(line, 116, '  ').map((part) => `# ${part}`)),
    '#',
    `# Written by alma-qa2 ${programVersion}. Runs in casapy of alma-qa2 and in CASA.`,
    '# Choose steps with, e.g., mysteps = [3, 4]; all steps run when mysteps is not set.',
    '',
    'import os',
    ...recipeImport(plan),
    '',
    ...workplace(plan),
    `step_title = {${plan.steps.map((step) => `${step.number}: ${pythonLiteral(step.title)}`).join(',\n              ')}}`,
    '',
    'try:',
    '    thesteps = list(mysteps)',
    'except NameError:',
    '    thesteps = []',
    'if thesteps == []:',
    '    thesteps = list(range(0, len(step_title)))',
    "print('Steps to be run: ' + str(thesteps))",
    '',
    ...plan.steps.flatMap(stepLines),
  ];
  return `${lines.join('\n')}\n`;
}

/** Tasks that are recipes in CASA, in a module of another name before CASA 6. */
const RECIPES = ['fixsyscaltimes'];

function recipeImport(plan: ScriptPlan): string[] {
  const called = new Set(taskCalls(plan).map(({ task }) => task));
  const names = RECIPES.filter((name) => called.has(name)).join(', ');
  if (names === '') return [];
  return [
    'try:',
    `    from casarecipes.almahelpers import ${names}`,
    'except ImportError:',
    `    from recipes.almahelpers import ${names}`,
  ];
}

function workplace(plan: ScriptPlan): string[] {
  const directory = WORKPLACES[plan.kind];
  if (directory === undefined) return [];
  return [
    `if not os.path.exists(${pythonLiteral(plan.subject)}) and os.path.exists(${pythonLiteral(`${directory}/${plan.subject}`)}):`,
    `    os.chdir(${pythonLiteral(directory)})`,
    '',
  ];
}

function stepLines(step: PlanStep): string[] {
  const body = step.calls.flatMap((call) => pythonCall(call, '    '));
  return [
    `# ${step.title}`,
    ...(step.comments ?? []).map((line) => `# ${line}`),
    `mystep = ${step.number}`,
    'if mystep in thesteps:',
    "    casalog.post('Step ' + str(mystep) + ' ' + step_title[mystep], 'INFO')",
    "    print('Step ' + str(mystep) + ' ' + step_title[mystep])",
    ...(body.length > 0 ? ['', ...body] : ['    pass']),
    '',
  ];
}
