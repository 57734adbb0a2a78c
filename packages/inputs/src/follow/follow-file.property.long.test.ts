// The same, in full.
import './follow-file.property.test.js'
