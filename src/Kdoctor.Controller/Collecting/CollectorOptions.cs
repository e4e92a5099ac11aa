namespace Kdoctor.Controller.Collecting;

/// <summary>How long results are waited for.</summary>
public sealed record CollectorOptions
{
    /// <summary>
    /// How long after its last request's timeout an agent whose stream is gone may still deliver: 1 s to 10 min, default 15 s. Never beyond
    /// the round's deadline.
    /// </summary>
    public TimeSpan DeliveryGrace { get; init; } = TimeSpan.FromSeconds(15);

    /// <summary>How long to wait before a store that failed is tried again: 100 ms to 1 min, default 2 s.</summary>
    public TimeSpan StoreRetry { get; init; } = TimeSpan.FromSeconds(2);

    /// <summary>Everything that is wrong with these options; empty when nothing is.</summary>
    public IEnumerable<string> Problems()
    {
        if (DeliveryGrace < TimeSpan.FromSeconds(1) || DeliveryGrace > TimeSpan.FromMinutes(10))
            yield return $"the delivery grace is {DeliveryGrace}; it must be 1 s to 10 min";
        if (StoreRetry < TimeSpan.FromMilliseconds(100) || StoreRetry > TimeSpan.FromMinutes(1))
            yield return $"the store's retry delay is {StoreRetry}; it must be 100 ms to 1 min";
    }
}
