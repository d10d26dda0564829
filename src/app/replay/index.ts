export { main } from './replay.ts';
export { readFacts, type ScriptFacts } from './script-facts.ts';
export { planTwin } from './twin-plan.ts';
