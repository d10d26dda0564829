// Who may import whom: the floors from top to bottom, and the imports allowed between rooms of one floor.
export const FLOORS = ['foundation', 'formats', 'astronomy', 'pipeline', 'app'];

export const SAME_FLOOR = {
  'foundation/base': [],
  'foundation/bytes': ['base'],
  'foundation/numeric': ['base'],
  'foundation/plotting': ['base', 'numeric'],
  'formats/fits': [],
  'formats/tables': [],
  'formats/asdm': [],
  'astronomy/measures': [],
  'astronomy/reference': ['measures'],
  'astronomy/ms': ['measures'],
  'astronomy/visibility': ['measures', 'ms'],
  'pipeline/ingest': [],
  'pipeline/reshape': [],
  'pipeline/restore': [],
  'pipeline/flagging': [],
  'pipeline/skymodel': [],
  'pipeline/calibration': ['flagging', 'skymodel'],
  'pipeline/images': [],
  'pipeline/imaging': ['images', 'skymodel'],
  'pipeline/reduction': ['ingest', 'reshape', 'flagging', 'calibration', 'imaging', 'images', 'skymodel'],
  'pipeline/qa': ['flagging', 'calibration', 'images', 'skymodel'],
  'pipeline/delivery': ['qa', 'reduction'],
  'pipeline/simulation': ['skymodel'],
  'app/tasks': [],
  'app/python': [],
  'app/casapy': ['tasks', 'python'],
  'app/cli': ['tasks', 'python', 'casapy'],
  'app/replay': ['tasks', 'python', 'casapy'],
  'app/web': ['tasks'],
};

/** Files and rooms that may import node: modules. */
export const NODE_DOORS = [
  /^src\/foundation\/bytes\/node(-[a-z]+)?\.ts$/,
  /^src\/foundation\/base\/workers-node\.ts$/,
  /^src\/foundation\/plotting\/node-[a-z-]+\.ts$/,
  /^src\/app\//,
];

/** Import of a formats-floor sibling that a room needs although DESIGN's row is silent; each with its reason. */
export const LIMITS = { fileWarn: 400, fileFail: 600, functionWarn: 60, functionFail: 100, architectureLines: 200 };

export const BANNED_NAMES = [
  'util',
  'utils',
  'helper',
  'helpers',
  'common',
  'misc',
  'structures',
  'manager',
  'core',
  'new',
  'v2',
];
