using System.Reflection;

namespace Deployment.Toolkit.Architecture.Tests.PublicApi;

public sealed class PublicApiTests
{
    public static TheoryData<string> Assemblies => Repository.ShippedAssemblies;

    [Theory]
    [MemberData(nameof(Assemblies))]
    public void The_public_api_is_as_approved(string assembly) => Approval.Check($"PublicApi/{assembly}.txt", ApiText.Render(Assembly.Load(assembly)));

    [Fact]
    public void Every_approved_api_is_of_an_assembly_that_ships() => Findings.None(
        Repository.Files("tests/Deployment.Toolkit.Architecture.Tests/Approved/PublicApi", "*.txt")
            .Where(static file => !File.Exists(Repository.PathOf($"src/{Path.GetFileNameWithoutExtension(file)}/{Path.GetFileNameWithoutExtension(file)}.csproj")))
            .Select(static file => Repository.Relative(file) + ":1"),
        "No such project is under src. Delete the file:");
}
