-- Each request is another enquiry: answers that are the same within the hour are one.
local thread = 0
function setup(it) it:set("id", thread); thread = thread + 1 end
local number = 0
local run = tostring(os.time())
request = function()
  number = number + 1
  local name = run .. "x" .. id .. "x" .. number
  local body = "name=Ada+" .. name .. "&email=a" .. name .. "%40example.com&phone=02079460100&consent=yes"
    .. "&hair_loss_stage=norwood-3&message=" .. string.rep("A+few+words+to+ask. ", 10):gsub(" ", "+")
  return wrk.format("POST", "/api/forms/consultation", {
    ["Content-Type"] = "application/x-www-form-urlencoded", ["Sec-Fetch-Site"] = "same-origin",
  }, body)
end
local odd = 0
response = function(status) if status ~= 303 then odd = odd + 1 end end
done = function(summary, latency)
  io.write(string.format("RESULT %f %f %f %d\n", summary.requests / summary.duration * 1e6,
    latency:percentile(50) / 1000, latency:percentile(99) / 1000, summary.errors.status))
end
