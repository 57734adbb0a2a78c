// The same, in full.
import './random-lives.test.js'
