-- wrk -s wrk.lua URL -- BODY_FILE: posts the file, and prints one line of JSON last.
-- It defines no request and no response function: either would make wrk call Lua for every request.

function init(args)
  local file = assert(io.open(args[1], "rb"))
  wrk.method = "POST"
  wrk.headers["content-type"] = "application/json"
  wrk.body = file:read("*a")
  file:close()
end

-- wrk counts a status from 400 on as an error.
function done(summary, latency)
  local e = summary.errors
  io.write(string.format(
    '{"requests":%d,"duration_us":%d,"p50_us":%d,"p99_us":%d,"errors":%d}\n',
    summary.requests, summary.duration, latency:percentile(50), latency:percentile(99),
    e.connect + e.read + e.write + e.status + e.timeout
  ))
end
