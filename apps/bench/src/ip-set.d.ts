declare module 'ip-set' {
  export default class IPSet {
    constructor(blocklist: string[])
    contains(ip: string): boolean
  }
}
