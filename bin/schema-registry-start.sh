#!/usr/bin/env node
'use strict'
require('./launch.js').launch('schema-registry-start.sh')
