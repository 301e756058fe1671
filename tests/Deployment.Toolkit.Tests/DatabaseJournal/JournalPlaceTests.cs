using Deployment.Toolkit.Journal;
using Deployment.Toolkit.Platform;
using Deployment.Toolkit.Preflight;

namespace Deployment.Toolkit.Tests.DatabaseJournal;

/// <summary>Where a journal may be lost.</summary>
public sealed class JournalPlaceTests
{
    private static readonly string[] InContainer =
    [
        "612 540 0:94 / / rw,relatime master:1 - overlay overlay rw,lowerdir=/l,upperdir=/u,workdir=/w",
        "613 612 0:98 / /proc rw,nosuid - proc proc rw",
        "620 612 0:101 / /dev/shm rw,nosuid - tmpfs shm rw,size=65536k",
        @"630 612 8:1 /volumes/data /data\040here rw,relatime - ext4 /dev/sda1 rw",
        "631 612 0:110 / /cache rw - overlay overlay rw",
    ];

    private static readonly string[] OnMachine = ["25 1 8:1 / / rw,relatime shared:1 - ext4 /dev/sda1 rw", "40 25 0:30 / /run rw - tmpfs tmpfs rw"];

    [Theory]
    [InlineData("/app/.deployment", true, "in the container's own layer, which goes with the container")]
    [InlineData("/data here/deployment", true, null)]
    [InlineData("/cache/deployment", true, null)]
    [InlineData("/dev/shm/deployment", true, "in memory ('/dev/shm' is tmpfs), which goes with the machine's next start")]
    [InlineData("/srv/app/.deployment", false, null)]
    [InlineData("/run/app", false, "in memory ('/run' is tmpfs), which goes with the machine's next start")]
    [InlineData("/tmp/app/.deployment", false, "below '/tmp', which the system empties")]
    [InlineData("/tmpfiles/app/.deployment", false, null)]
    public void A_folder_that_goes_by_itself_is_warned_of(string root, bool isContainer, string? why)
    {
        if (OperatingSystem.IsWindows()) return;

        var place = new JournalPlace(path => MountPoints.Under(path, isContainer ? InContainer : OnMachine), ["/tmp"]);
        var store = new JournalFile(new JournalPaths(root, "Production"));

        var found = place.Find(store, "Production", hasServer: false);

        if (why is null) Assert.Empty(found);
        else Assert.Equal(("DTK7113", MessageSeverity.Warning, true), (Assert.Single(found).Code, found[0].Severity, found[0].Text.Contains($"lies in '{root}/production', {why}:", StringComparison.Ordinal)));
        Assert.Empty(place.Find(store, "Development", hasServer: false));
    }

    [Fact]
    public void A_file_beside_a_databases_server_is_warned_of()
    {
        var place = new JournalPlace(static _ => null, []);
        var found = Assert.Single(place.Find(new JournalFile(new JournalPaths("/srv/app/.deployment", "Production")), "Production", hasServer: true));
        Assert.Contains("lies on this machine's disk only", found.Text, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_check_says_it_and_a_deployment_goes_on()
    {
        using var app = new TestApp();
        app.Configure = static deployment => deployment.AddEnvironments(static e => e.Add("Production"));

        var check = await app.RunAsync(static (deployer, request, token) => deployer.CheckAsync(request, token), environment: "Production");

        Assert.Equal(DeploymentOutcome.Succeeded, check.Outcome);
        Assert.Equal("DTK7113", Assert.Single(check.Messages).Code);
        Assert.DoesNotContain((await app.UpAsync(environment: "Production")).Messages, static message => message.Code == "DTK7113");
    }
}
