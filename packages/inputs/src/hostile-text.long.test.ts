// The same, in full.
import './hostile-text.test.js'
