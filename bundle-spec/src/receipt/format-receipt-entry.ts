import { checkAgainst } from '../problems/parse-json.ts';
import { type ReceiptEntry, receiptEntrySchema } from '../schemas/receipt.ts';

/**
 * One line, its end included: appended with one write, so that a kill can tear only the last one.
 * @throws INVALID_RECEIPT where it could not be read again
 */
export function formatReceiptEntry(entry: ReceiptEntry): string {
  return `${JSON.stringify(checkAgainst(receiptEntrySchema, entry, { code: 'INVALID_RECEIPT', what: 'the receipt entry to be written' }))}\n`;
}
