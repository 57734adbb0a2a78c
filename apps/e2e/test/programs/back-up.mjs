// Copies a SQLite file as `sqlite3 FILE "VACUUM INTO 'COPY'"` does. Arguments: the file, the copy.
import { DatabaseSync } from '@photostructure/sqlite'

const [path, to] = process.argv.slice(2)
const database = new DatabaseSync(path)
database.exec(`VACUUM INTO '${to}'`)
database.close()
