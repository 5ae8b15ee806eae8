#!/usr/bin/env node
'use strict'
require('./launch.js').launch('kafka-storage.sh')
