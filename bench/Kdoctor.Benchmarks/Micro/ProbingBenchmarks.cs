using BenchmarkDotNet.Attributes;
using Kdoctor.Core.Planning;
using Kdoctor.Probing.Http;
using Kdoctor.Probing.Load;

namespace Kdoctor.Benchmarks.Micro;

[MemoryDiagnoser]
public class ProbingBenchmarks
{
    private static readonly byte[] Answer = [.. "HTTP/1.1 200 OK\r\nContent-Type: application/json\r\nKdoctor-Agent-Id: agent-1\r\nKdoctor-Nonce: 00112233445566ff\r\nDate: Thu, 01 Jan 2026 00:00:00 GMT\r\nContent-Length: 300\r\nConnection: close\r\n\r\n"u8, .. new byte[300]];

    private readonly Timetable timetable = new(100, new LoadPlan(10, TimeSpan.FromHours(1), TimeSpan.FromSeconds(1)), 0.3);
    private readonly RequestTemplate template = new(new HttpRequestPlan { Method = "GET", RequestTarget = "/kdoctoragent", HostHeader = "10.0.0.1:80", Echo = true }, default);
    private readonly AnswerParser parser = new();
    private readonly EchoEvidence evidence = new();
    private readonly byte[] buffer = new byte[4096];
    private long next;

    [Benchmark]
    public long IntendedStart() => timetable.IntendedNs(next++ % timetable.Total);

    [Benchmark]
    public int EncodeRequest() => template.CopyTo(buffer, 0, 0x1234);

    [Benchmark]
    public long ParseAnswer()
    {
        evidence.Begin();
        parser.Begin("GET", evidence);
        parser.Feed(Answer, out _);
        return parser.BodyBytes;
    }
}
