// Prints the first sheets of xlsx files as JSON, as ExcelJS or SheetJS reads them.
//
// Usage: node read.js exceljs|sheetjs FILE...
//
// Of each file its rows, of each row its cells: null, or the cell's type and its value as text.

const MS_PER_DAY = 86_400_000
const SERIAL_OF_1970 = 25_569

const readers = { exceljs: readByExcelJS, sheetjs: readBySheetJS }

async function readByExcelJS(path) {
  const { Workbook, ValueType } = require('exceljs')
  const types = {
    [ValueType.String]: 'text',
    [ValueType.Number]: 'number',
    [ValueType.Boolean]: 'boolean',
    [ValueType.Date]: 'date',
  }
  const book = new Workbook()
  await book.xlsx.readFile(path)
  const [sheet] = book.worksheets
  return grid(sheet.rowCount, sheet.columnCount, (row, column) => {
    const { type, value } = sheet.getCell(row + 1, column + 1)
    return type === ValueType.Null ? null : cell(types[type] ?? `type ${type}`, value)
  })
}

function readBySheetJS(path) {
  const { readFile, utils, SSF } = require('xlsx')
  const types = { s: 'text', n: 'number', b: 'boolean' }
  const book = readFile(path, { cellNF: true })
  const sheet = book.Sheets[book.SheetNames[0]]
  const { e: end } = utils.decode_range(sheet['!ref'])
  return grid(end.r + 1, end.c + 1, (r, c) => {
    const found = sheet[utils.encode_cell({ r, c })]
    if (found === undefined) return null
    if (found.f !== undefined) return cell('formula', found.f)
    if (found.t === 'n' && SSF.is_date(found.z)) {
      return cell('date', new Date(Math.round((found.v - SERIAL_OF_1970) * MS_PER_DAY)))
    }
    return cell(types[found.t] ?? `type ${found.t}`, found.v)
  })
}

function grid(height, width, cellAt) {
  return Array.from({ length: height }, (_, row) =>
    Array.from({ length: width }, (_, column) => cellAt(row, column)),
  )
}

function cell(type, value) {
  if (Object.is(value, -0)) return [type, '-0']
  return [type, value instanceof Date ? value.toISOString() : String(value)]
}

async function main([reader, ...paths]) {
  const sheets = []
  for (const path of paths) sheets.push(await readers[reader](path))
  console.log(JSON.stringify(sheets))
}

main(process.argv.slice(2))
