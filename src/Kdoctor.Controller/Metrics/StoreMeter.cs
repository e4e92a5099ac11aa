using System.Collections.Concurrent;
using Kdoctor.Core.Metrics;

namespace Kdoctor.Controller.Metrics;

/// <summary>How long the store's operations take, and how many fail. Bounded by the operations that there are.</summary>
internal sealed class StoreMeter(TimeProvider time)
{
    private readonly ConcurrentDictionary<string, (DurationHistogram Durations, StrongBox Errors)> operations = new(StringComparer.Ordinal);

    /// <summary>Measures an operation. One that is given up by whoever asked is no error.</summary>
    public async Task<T> MeasureAsync<T>(string operation, Func<Task<T>> work)
    {
        var (durations, errors) = operations.GetOrAdd(operation, _ => (new DurationHistogram(), new StrongBox()));
        var began = time.GetTimestamp();
        try
        {
            return await work().ConfigureAwait(false);
        }
        catch (Exception failed) when (failed is not OperationCanceledException)
        {
            errors.Increment();
            throw;
        }
        finally
        {
            durations.Observe(time.GetElapsedTime(began));
        }
    }

    /// <summary>Writes what was measured.</summary>
    public void Write(MetricPage page)
    {
        foreach (var (operation, (durations, errors)) in operations.OrderBy(entry => entry.Key, StringComparer.Ordinal))
        {
            page.Add(ControllerMetrics.StoreDuration, durations, operation);
            page.Add(ControllerMetrics.StoreErrors, errors.Value, operation);
        }
    }

    private sealed class StrongBox
    {
        private long value;

        public long Value => Volatile.Read(ref value);

        public void Increment() => Interlocked.Increment(ref value);
    }
}
