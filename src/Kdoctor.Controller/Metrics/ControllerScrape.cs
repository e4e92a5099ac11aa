using System.Security.Cryptography;
using System.Security.Cryptography.X509Certificates;
using Kdoctor.Controller.Certificates;
using Kdoctor.Core.Metrics;

namespace Kdoctor.Controller.Metrics;

/// <summary>What a controller tells whoever scrapes it; what is not there yet is left out.</summary>
internal sealed class ControllerScrape(StoreMeter store, RoundMeter rounds)
{
    /// <summary>What its rounds and tasks say, once the controller is put together.</summary>
    public Action<MetricPage>? Work { get; set; }

    /// <summary>How many agents there should be, once the cluster is followed.</summary>
    public Func<int>? AgentsExpected { get; set; }

    /// <summary>What callers see, once there is something.</summary>
    public IServingCertificate? Certificates { get; set; }

    /// <summary>The page as it is now.</summary>
    public string Read()
    {
        var page = new MetricPage();
        Work?.Invoke(page);
        if (AgentsExpected?.Invoke() is { } expected)
            page.Add(ControllerMetrics.AgentsExpected, expected);
        rounds.Write(page);
        store.Write(page);
        Expiries(page);
        page.Add(ControllerMetrics.Memory, Environment.WorkingSet);
        page.Add(ControllerMetrics.Processor, Environment.CpuUsage.TotalTime.TotalSeconds);
        return page.ToString();
    }

    private void Expiries(MetricPage page)
    {
        try
        {
            if (Certificates?.Current is { } serving)
                page.Add(ControllerMetrics.CertificateExpiry, Seconds(serving), "serving");
            if (Certificates?.Trust is { Length: > 0 } trust)
            {
                using var authority = X509Certificate2.CreateFromPem(trust);
                page.Add(ControllerMetrics.CertificateExpiry, Seconds(authority), "authority");
            }
        }
        catch (CryptographicException)
        {
            // Rotated away at this moment: the next scrape has the new one.
        }
    }

    private static double Seconds(X509Certificate2 certificate) => new DateTimeOffset(certificate.NotAfter.ToUniversalTime(), TimeSpan.Zero).ToUnixTimeSeconds();
}
