import { openAsdm } from '../../../formats/asdm/index.ts';
import { scanUnits } from '../../../formats/fits/index.ts';
import { isTable, openTable } from '../../../formats/tables/index.ts';
import { type Context, fail } from '../../../foundation/base/index.ts';
import { disk, joinPath, latin1Text } from '../../../foundation/bytes/index.ts';
import { findMembers } from '../../../pipeline/delivery/index.ts';
import { asdmListing } from './asdm-listing.ts';
import { caltableListing } from './caltable-listing.ts';
import { deliveryListing } from './delivery-listing.ts';
import { fitsListing } from './fits-listing.ts';
import { imageListing } from './image-listing.ts';
import { msListing } from './ms-listing.ts';
import { tableListing } from './table-listing.ts';

/** What a path holds, for people and for programs. */
export interface Listing {
  readonly kind: 'asdm' | 'ms' | 'caltable' | 'image' | 'table' | 'fits' | 'delivery';
  readonly path: string;
  readonly text: string;
  /** The main facts, fit for JSON. */
  readonly facts: Readonly<Record<string, unknown>>;
}

/**
 * Lists an ASDM, MeasurementSet, calibration table, CASA image, other table, FITS file or delivery.
 *
 * @param path absolute
 * @param isVerbose also every column and keyword
 * @throws missing when nothing is there, unsupported when it is none of these
 */
export function inspectPath(context: Context, path: string, isVerbose: boolean): Listing {
  const info = disk().info(path) ?? fail('missing', 'No such file or directory.', { file: path });
  if (info.kind === 'file') return inspectFile(path);
  if (disk().exists(joinPath(path, 'ASDM.xml'))) return asdmListing(openAsdm(path), isVerbose);
  if (isTable(path)) return inspectTable(context, path, isVerbose);
  if (findMembers(path).length > 0) return deliveryListing(path);
  return fail('unsupported', 'This directory is no ASDM, table, image or delivery.', { file: path });
}

function inspectTable(context: Context, path: string, isVerbose: boolean): Listing {
  const table = openTable(path);
  try {
    const { type } = table.info;
    if (table.keywords.has('MS_VERSION')) return msListing(context, table, isVerbose);
    if (type === 'Calibration') return caltableListing(table, isVerbose);
    if (type === 'Image') return imageListing(table, isVerbose);
    return tableListing(table, isVerbose);
  } finally {
    table.close();
  }
}

function inspectFile(path: string): Listing {
  const source = disk().open(path);
  try {
    const magic = new Uint8Array(Math.min(9, source.length));
    source.read(0, magic);
    if (latin1Text(magic).startsWith('SIMPLE  =')) return fitsListing(path, scanUnits(source));
  } finally {
    source.close();
  }
  return fail('unsupported', 'This file is no FITS file; ASDMs, tables, images and deliveries are directories.', {
    file: path,
  });
}
