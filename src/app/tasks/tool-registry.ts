import { fail } from '../../foundation/base/index.ts';
import { eraseState, type ToolDeclaration } from './tool-types.ts';
import { analysisUtilitiesTool, scienceReductionTool } from './tools/analysis-tool.ts';
import { casaUtilitiesTool } from './tools/casa-version-tool.ts';
import { casalogTool } from './tools/casalog-tool.ts';
import { componentTool } from './tools/component-tool.ts';
import { coordsysTool } from './tools/coordsys-tool.ts';
import { imageTool } from './tools/image-tool.ts';
import { imagerTool } from './tools/imager-tool.ts';
import { measuresTool } from './tools/measures-tool.ts';
import { msTool } from './tools/ms-tool.ts';
import { msmdTool } from './tools/msmd-tool.ts';
import { quantaTool } from './tools/quanta-tool.ts';
import { regionTool } from './tools/region-tool.ts';
import { tableTool } from './tools/table-tool.ts';

const DECLARATIONS: readonly ToolDeclaration[] = [
  eraseState(casalogTool),
  eraseState(casaUtilitiesTool),
  eraseState(componentTool),
  eraseState(imageTool),
  eraseState(imagerTool),
  eraseState(coordsysTool),
  eraseState(measuresTool),
  eraseState(quantaTool),
  eraseState(regionTool),
  eraseState(tableTool),
  eraseState(msmdTool),
  eraseState(msTool),
  eraseState(scienceReductionTool),
  eraseState(analysisUtilitiesTool),
];

const BY_NAME = new Map(DECLARATIONS.map((declaration) => [declaration.name, declaration]));

/** All tools that Python sees, in alphabetical order. */
export function allTools(): readonly ToolDeclaration[] {
  return [...DECLARATIONS].sort((a, b) => (a.name < b.name ? -1 : 1));
}

/** The tool of this name; @throws usage when there is none */
export function findTool(name: string): ToolDeclaration {
  return (
    BY_NAME.get(name) ??
    fail('usage', `There is no tool '${name}'. The tools are ${[...BY_NAME.keys()].sort().join(', ')}.`)
  );
}
