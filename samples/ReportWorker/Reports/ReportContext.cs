using Microsoft.EntityFrameworkCore;

namespace ReportWorker.Reports;

public sealed class ReportContext(DbContextOptions<ReportContext> options) : DbContext(options)
{
    public DbSet<Report> Reports => Set<Report>();

    protected override void OnModelCreating(ModelBuilder modelBuilder)
    {
        modelBuilder.Entity<Report>(report =>
        {
            report.HasIndex(r => r.Day).IsUnique();
            report.Property(r => r.Title).HasMaxLength(200);
            report.OwnsMany(r => r.Lines);
        });
    }
}
