import { checkAgainst, parseJson } from '../problems/parse-json.ts';
import { type ReceiptEntry, receiptEntrySchema } from '../schemas/receipt.ts';

/**
 * Reads a receipt: JSON lines. A last line without its end was torn by a kill, and is left out.
 * @throws INVALID_RECEIPT
 */
export function parseReceipt(text: string): ReceiptEntry[] {
  const lines = text.split('\n').slice(0, -1);
  return lines.map((line, index) => {
    const options = { code: 'INVALID_RECEIPT', what: `line ${index + 1} of the receipt` } as const;
    return checkAgainst(receiptEntrySchema, parseJson(line, options), options);
  });
}
