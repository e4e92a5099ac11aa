using Kdoctor.TestKit.Databases;
using Xunit;

[assembly: AssemblyFixture(typeof(SharedPostgres))]
