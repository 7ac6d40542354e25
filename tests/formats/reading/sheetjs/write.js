// Writes the workbooks beside it: node write.js FOLDER, with the xlsx of tests/foreign/package.json.
const XLSX = require("xlsx");
const rows = [["Code", "Price", "Day", "Moment", "Active", "Sum", "Note"],
  ["007", 12.5, {t: "n", v: 45351, z: "yyyy-mm-dd"}, {t: "n", v: 45351.430902777778, z: "yyyy-mm-dd hh:mm:ss"}, true, {t: "n", v: 3, f: "1+2"}, "=1+1"],
  ["20123456789012345678", -3, null, null, false, {t: "e", v: 7}, "長い 😀"],
  [null, null, null, null, null, null, null],
  ["x", 1e14, null, null, null, null, "a\nb"]];
for (const [name, bookSST] of [["texts-in-cells", false], ["texts-shared", true]]) {
  const book = XLSX.utils.book_new();
  XLSX.utils.book_append_sheet(book, XLSX.utils.aoa_to_sheet([["hidden"]]), "Old");
  XLSX.utils.book_append_sheet(book, XLSX.utils.aoa_to_sheet(rows), "Rows");
  book.Workbook = {Sheets: [{Hidden: 1}, {Hidden: 0}]};
  XLSX.writeFile(book, `${process.argv[2]}/${name}.xlsb`, {bookType: "xlsb", compression: true, bookSST});
}
