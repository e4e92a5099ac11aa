using BenchmarkDotNet.Attributes;
using Kdoctor.Core.Results;

namespace Kdoctor.Benchmarks.Micro;

[MemoryDiagnoser]
public class HistogramBenchmarks
{
    private readonly long[] values = new long[1024];
    private readonly LatencyHistogram full = new();
    private readonly LatencyHistogram target = new();
    private int next;

    [GlobalSetup]
    public void Fill()
    {
        var random = new Random(1);
        for (var index = 0; index < values.Length; index++)
            full.Record(values[index] = (long)Math.Exp(random.NextDouble() * 20));
    }

    [Benchmark]
    public void Record() => target.Record(values[next++ & 1023]);

    [Benchmark]
    public void Merge() => target.Merge(full);

    [Benchmark]
    public long? Quantile() => full.Quantile(0.99);
}
