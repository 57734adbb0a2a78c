export { chooseDriver } from './choose-driver.js'
export type { Driver, DriverConnection, DriverName, DriverStatement, SqlValue } from './driver.js'
