export { copyAside, type FileCopy } from '../file/copy-aside.js'
export { chooseDriver } from './choose-driver.js'
export type { Driver, DriverConnection, DriverName, DriverStatement, SqlValue } from './driver.js'
