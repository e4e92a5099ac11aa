namespace Kdoctor.TestKit.ApiServer;

/// <summary>The one place where tests that talk to real processes take the real clock.</summary>
public static class Clock
{
#pragma warning disable RS0030 // TLS certificates and kubectl live in real time.
    public static TimeProvider Real => TimeProvider.System;
#pragma warning restore RS0030
}
