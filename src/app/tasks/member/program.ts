import packageJson from '../../../../package.json' with { type: 'json' };

/** Version of this program, as scripts and reports state it. */
export const PROGRAM_VERSION: string = packageJson.version;
