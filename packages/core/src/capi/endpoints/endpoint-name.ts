/** The calls that cscapi makes. */
export type EndpointName = 'register' | 'login' | 'signals' | 'decisions' | 'enroll' | 'metrics'
